-- Texts and pictures that describe categories.

alter table category add column values jsonb not null default '{}';
comment on column category.values is '<attribute>|<channel>|<locale> -> {data, type, channel, locale, attribute_code}; a channel or locale that is null is not in the key.';
