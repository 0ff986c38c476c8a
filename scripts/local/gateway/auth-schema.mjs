// Prints the SQL of the tables that the auth half of the gateway keeps in schema `auth`.
// What a hosted project has besides them (roles, auth.uid() and its like) is not here: see
// scripts/local/bootstrap.sql and scripts/local/auth_functions.sql.
import { getAuthSchemaSql } from "@supabase/lite";

process.stdout.write(getAuthSchemaSql());
