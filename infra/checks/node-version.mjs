// Prints the version of the Node that runs the scripts of this repository.
console.log(process.versions.node);
