-- Help pages read the table of articles under the rights of who asks: nobody calls these.

-- squawk-ignore ban-drop-function
drop function public.kb_help(text);

-- squawk-ignore ban-drop-function
drop function public.kb_help_article(text, text);
