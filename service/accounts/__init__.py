"""Who asks: sign-in pages, sessions, tokens, and an account as Supabase Auth knows it."""
