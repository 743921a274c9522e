create database orders;
create database stock;
