-- Terms: what of the values a search can look up. One index serves the conditions on every attribute.

create function term(of_text text) returns integer
language sql immutable strict parallel safe as $$
    select ('x' || left(encode(sha256(convert_to(of_text, 'UTF8')), 'hex'), 8))::bit(32)::integer
$$;
comment on function term is 'A term: the first 32 bits of SHA-256. Of an attribute''s code for "has a value", of code, line feed and text for "has this text, option, record or boolean". Terms find candidates, so that two texts with one term do no harm. management/terms computes the same.';

create function has_data(of_values jsonb, attribute text, code text) returns boolean
language sql stable parallel safe as $$
    select of_values @> jsonb_build_object(attribute, jsonb_build_array(jsonb_build_object('data', code)))
        or of_values @> jsonb_build_object(attribute, jsonb_build_array(jsonb_build_object('data', jsonb_build_array(code))))
$$;
comment on function has_data is 'Whether the attribute has this option or record, alone or among others, in any locale and channel.';

alter table product
    add column terms integer[],
    add column terms_version bigint,
    add column has_terms boolean generated always as (nullif(terms_version is not distinct from version, false)) stored;
comment on column product.terms is 'Terms of its own values; what it inherits is found by the terms of its models.';
comment on column product.terms_version is 'The version whose values the terms are of.';
comment on column product.has_terms is 'True if the terms are those of this version, else null, which the planner estimates well. Rows without are candidates of every search until upkeep has made their terms.';
alter table product alter column terms set statistics 300;
create index product_terms_idx on product using gin (terms) with (gin_pending_list_limit = 16384);
create index product_without_terms_idx on product (id) where has_terms is null;
drop index product_values_idx;

alter table product_model
    add column terms integer[],
    add column terms_version bigint,
    add column has_terms boolean generated always as (nullif(terms_version is not distinct from version, false)) stored;
comment on column product_model.terms is 'Terms of its own values.';
comment on column product_model.terms_version is 'The version whose values the terms are of.';
comment on column product_model.has_terms is 'True if the terms are those of this version, else null.';
create index product_model_terms_idx on product_model using gin (terms) with (gin_pending_list_limit = 4096);
create index product_model_without_terms_idx on product_model (id) where has_terms is null;
drop index product_model_values_idx;

create index product_disabled_idx on product (id) where not enabled;
comment on index product_disabled_idx is 'The few that are not sold are found without reading all.';
