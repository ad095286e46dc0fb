-- What staff say of search: words that mean the same, words that mean nothing, and what is shown first.

create table synonym (
    code       text        not null,
    locales    text[]      not null default '{}',
    input      text,
    words      text[]      not null,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint synonym_pkey primary key (code),
    constraint synonym_words_check check (cardinality(words) > case when input is null then 1 else 0 end)
);
comment on table synonym is 'Words that mean the same to shoppers.';
comment on column synonym.locales is 'Where it holds; empty: in all.';
comment on column synonym.input is 'With it the words are also looked for when it is typed, but not the other way round. Without it each of the words means all of them.';
create trigger synonym_noted after insert or update or delete on synonym
    for each statement execute function note_structure_change();

create table stop_word_set (
    code       text        not null,
    locales    text[]      not null default '{}',
    words      text[]      not null,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint stop_word_set_pkey primary key (code)
);
comment on table stop_word_set is 'Words that search leaves aside, beside those of the language itself.';
comment on column stop_word_set.locales is 'Where it holds; empty: in all.';
create trigger stop_word_set_noted after insert or update or delete on stop_word_set
    for each statement execute function note_structure_change();

create table search_rule (
    code       text        not null,
    enabled    boolean     not null default true,
    channels   text[]      not null default '{}',
    locales    text[]      not null default '{}',
    query      text,
    match      text        not null default 'is',
    category   text,
    starts_at  timestamptz,
    ends_at    timestamptz,
    pin        text[]      not null default '{}',
    boost      jsonb       not null default '[]',
    bury       jsonb       not null default '[]',
    redirect   text,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint search_rule_pkey primary key (code),
    constraint search_rule_category_fkey foreign key (category) references category (code),
    constraint search_rule_match_check check (match in ('is', 'contains')),
    constraint search_rule_condition_check check (query is not null or category is not null),
    constraint search_rule_order_check check (ends_at > starts_at)
);
comment on table search_rule is 'What lists show first, last or instead, when something is searched for or a category is looked at.';
comment on column search_rule.channels is 'Where it holds; empty: in all.';
comment on column search_rule.locales is 'Where it holds; empty: in all.';
comment on column search_rule.query is 'What is typed, or a part of it.';
comment on column search_rule.pin is 'Skus of the pages that come first, in this order.';
comment on column search_rule.boost is 'Subjects, each {"skus": […]} or {"attribute": …, "values": […]}: pages that come before the others.';
comment on column search_rule.bury is 'Subjects of pages that come last.';
comment on column search_rule.redirect is 'Where the shop goes instead.';
create index search_rule_category_idx on search_rule (category) where category is not null;
create trigger search_rule_noted after insert or update or delete on search_rule
    for each statement execute function note_structure_change();
