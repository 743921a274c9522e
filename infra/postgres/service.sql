-- Run once, when a server of docker-compose.yml is new: the one database of SERVICE, the role that owns it, and one that reads it.
\getenv service SERVICE
\getenv password SERVICE_PASSWORD
\getenv reader_password READER_PASSWORD
create role :"service" login password :'password';
create database :"service" owner :"service";
-- PostgreSQL lets every role into every database until told otherwise.
revoke all on database :"service", postgres, template1 from public;
-- For the auditor and Grafana: may read everything there is and will be, and change nothing.
create role reader login connection limit 5 password :'reader_password';
grant connect on database :"service" to reader;
grant pg_read_all_data to reader;
alter role reader set default_transaction_read_only = on;
alter role reader set statement_timeout = '60s';
-- The superuser is for `docker compose exec`; no password, no way in over the network.
alter role postgres password null;
