-- about: foreign keys on the columns and the rows
-- stops: constraint to_types on public.chat_messages
-- stops: constraint to_profiles on public.chat_conversations
-- stops: constraint invoices_conversation_id_fkey on invoices
-- rows: none of the sample's fit

create table public.profiles (id uuid primary key);
create table public.message_types (name text primary key);
insert into public.message_types values ('user'), ('bot'), ('system'), ('chips'), ('form'), ('agent');
create table public.invoices (conversation_id uuid references public.chat_conversations (id));
alter table public.chat_messages add constraint to_types foreign key (type) references public.message_types (name);
alter table public.chat_conversations add constraint to_profiles foreign key (user_id) references public.profiles (id) not valid;
