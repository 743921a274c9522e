-- Run once, when a server of docker-compose.yml is new: the one database of SERVICE and the one role that may enter it.
\getenv service SERVICE
\getenv password SERVICE_PASSWORD
create role :"service" login password :'password';
create database :"service" owner :"service";
-- PostgreSQL lets every role into every database until told otherwise.
revoke all on database :"service", postgres, template1 from public;
-- The superuser is for `docker compose exec`; no password, no way in over the network.
alter role postgres password null;
