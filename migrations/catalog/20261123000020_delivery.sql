-- The delivery side: flat documents of product pages, built from the tables of the management side by
-- one projector at a time, and what tells it that the structure of the catalog has changed.

create table projection_state (
    is_only           boolean not null default true,
    catalog_id        uuid    not null default gen_random_uuid(),
    structure_version bigint  not null default 0,
    constraint projection_state_pkey primary key (is_only),
    constraint projection_state_is_only_check check (is_only)
);
comment on table projection_state is 'The one row that projector and replicas share.';
comment on column projection_state.catalog_id is 'Tells a search index of another database from one of ours.';
comment on column projection_state.structure_version is 'Counts changes of the structure that took effect; who holds a copy of the structure reads it anew when this moves.';
insert into projection_state default values;

create table structure_change (
    change_id bigint not null generated always as identity,
    constraint structure_change_pkey primary key (change_id)
);
comment on table structure_change is 'One row for every change of the structure that the projector has not seen yet. Written by triggers, so that no writer can forget it. Which pages a change touches is another matter: see projection_task.';

create function note_structure_change() returns trigger language plpgsql as $$
begin
    insert into structure_change default values;
    return null;
end
$$;
comment on function note_structure_change() is 'Tells the projector that its copy of the structure is outdated.';

create trigger category_noted after insert or update or delete on category
    for each statement execute function note_structure_change();
create trigger channel_noted after insert or update or delete on channel
    for each statement execute function note_structure_change();
create trigger channel_locale_noted after insert or update or delete on channel_locale
    for each statement execute function note_structure_change();
create trigger channel_currency_noted after insert or update or delete on channel_currency
    for each statement execute function note_structure_change();
create trigger measurement_family_noted after insert or update or delete on measurement_family
    for each statement execute function note_structure_change();
create trigger attribute_group_noted after insert or update or delete on attribute_group
    for each statement execute function note_structure_change();
create trigger attribute_noted after insert or update or delete on attribute
    for each statement execute function note_structure_change();
create trigger attribute_option_noted after insert or update or delete on attribute_option
    for each statement execute function note_structure_change();
create trigger family_noted after insert or update or delete on family
    for each statement execute function note_structure_change();
create trigger family_attribute_noted after insert or update or delete on family_attribute
    for each statement execute function note_structure_change();
create trigger family_requirement_noted after insert or update or delete on family_requirement
    for each statement execute function note_structure_change();
create trigger family_variant_noted after insert or update or delete on family_variant
    for each statement execute function note_structure_change();
create trigger family_variant_level_noted after insert or update or delete on family_variant_level
    for each statement execute function note_structure_change();
create trigger association_type_noted after insert or update or delete on association_type
    for each statement execute function note_structure_change();

create sequence product_document_position;

create table product_document (
    channel          text        not null,
    locale           text        not null,
    root_id          uuid        not null,
    position         bigint      not null,
    slug             text,
    card             json,
    detail           json,
    related          uuid[]      not null default '{}',
    fingerprint      bytea,
    card_fingerprint bytea,
    changed_at       timestamptz not null default now(),
    constraint product_document_pkey primary key (channel, locale, root_id),
    constraint product_document_gone_check check ((card is null) = (detail is null) and (card is null) = (slug is null))
);
comment on table product_document is 'One product page, flat, for one channel and locale. Without card and detail it is a tombstone: the page is gone.';
comment on column product_document.root_id is 'The simple product or the root product model.';
comment on column product_document.position is 'Grows with every change. Taken by one projector at a time, so that a position that is visible is final and so is everything below it.';
comment on column product_document.card is 'What lists show, prices in every currency.';
comment on column product_document.detail is 'What the page shows beside the card.';
comment on column product_document.related is 'Pages that associations lead to, published or not.';
comment on column product_document.fingerprint is 'Hash of card and detail: an equal document is not written again.';
create unique index product_document_position_key on product_document (position);
create index product_document_view_idx on product_document (channel, locale, position);
create unique index product_document_slug_key on product_document (channel, locale, slug) where slug is not null;
create index product_document_related_idx on product_document using gin (related);
