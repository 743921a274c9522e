-- Run once, when a server of docker-compose.yml is new: the one database of SERVICE, the role that owns it, and one that reads it.
\getenv service SERVICE
\getenv password SERVICE_PASSWORD
\getenv reader_password READER_PASSWORD
\set demo 0
\getenv demo QUADRILLE_DEMO
create role :"service" login;
-- For the auditor and Grafana: may read everything there is and will be, and change nothing.
create role reader login connection limit 5;
-- Everybody knows the passwords of the demonstration. Outside of it such a role has none, and cannot log in.
select :'demo' = '1' or :'password' !~ '-demo$' as own_password, :'demo' = '1' or :'reader_password' !~ '-demo$' as own_reader_password \gset
\if :own_password
alter role :"service" password :'password';
\else
\warn 'The password of the role' :service 'is that of the demonstration and was not set. Set another (.env.example), remove the volume, start again.'
\endif
\if :own_reader_password
alter role reader password :'reader_password';
\else
\warn 'The password of the role reader is that of the demonstration and was not set. Set READER_DB_PASSWORD, remove the volume, start again.'
\endif
create database :"service" owner :"service";
-- PostgreSQL lets every role into every database until told otherwise.
revoke all on database :"service", postgres, template1 from public;
grant connect on database :"service" to reader;
grant pg_read_all_data to reader;
alter role reader set default_transaction_read_only = on;
alter role reader set statement_timeout = '60s';
-- The superuser is for `docker compose exec`; no password, no way in over the network.
alter role postgres password null;
