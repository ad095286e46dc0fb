-- First step towards time partitions, with a lock under which people go on reading: writers wait, about a
-- second for each million rows.
create unique index interaction_past_pkey on interaction (at, natural_key);
comment on index interaction_past_pkey is 'Becomes the primary key with the next migration.';

-- Proves beforehand what the next migration needs, so that nothing is looked through under its lock: that all
-- rows, and those that the version before adds meanwhile, lie before a time at which a partition begins.
do $$
declare
    span  constant interval := interval '2160 hours';
    newest timestamptz := (select max(at) from interaction);
begin
    if newest is not null then
        execute format(
            'alter table interaction add constraint interaction_past_check check (at < %L) not valid',
            date_bin(span, greatest(newest, now()) + interval '2 days', timestamptz 'epoch') + span);
        alter table interaction validate constraint interaction_past_check;
    end if;
end $$;
