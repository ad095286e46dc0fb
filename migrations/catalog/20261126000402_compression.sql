-- Documents are written far more often than their columns change: lz4 packs them several times faster than
-- PostgreSQL's own method, about as small. A server built without it goes on as before.
do $$
begin
    alter table product alter column values set compression lz4;
    alter table product_model alter column values set compression lz4;
    alter table history_entry alter column changes set compression lz4;
    alter table product_document alter column card set compression lz4;
    alter table product_document alter column detail set compression lz4;
exception
    when feature_not_supported then
        raise notice 'lz4 is not available: documents are packed by pglz';
end
$$;
