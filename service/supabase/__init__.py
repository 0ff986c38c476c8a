"""The only code that talks to Supabase."""
