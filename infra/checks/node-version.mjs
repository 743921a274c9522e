// Which Node runs the scripts of this repository.
console.log(process.versions.node);
