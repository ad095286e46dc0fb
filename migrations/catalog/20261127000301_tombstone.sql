-- Tombstones are not kept for ever: whoever has not asked for so long begins anew.

alter table projection_state
    add column purged_position bigint not null default 0;
comment on column projection_state.purged_position is 'Tombstones up to this position may be gone: a copy or an index that stands before it has to begin anew.';
create index product_document_gone_idx on product_document (changed_at) where card is null;
comment on index product_document_gone_idx is 'Tombstones, oldest first.';
