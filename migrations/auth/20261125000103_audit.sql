-- Who did what, for staff to read.
create table audit_entry (
    entry_id    uuid        not null,
    type        text        not null,
    actor       text,
    client_id   text,
    subject     text        not null,
    data        jsonb       not null,
    occurred_at timestamptz not null,
    constraint audit_entry_pkey primary key (entry_id)
) partition by range (entry_id);
comment on table audit_entry is 'What happened to accounts, sessions, roles and connections; nothing personal and nothing secret. Partitions of 30 days, kept 400 days.';
comment on column audit_entry.actor is 'The sub of who did it; null where nobody has signed in.';
comment on column audit_entry.subject is 'The sub of whom it happened to, or the code of a role, the client id of a connection.';
create index audit_entry_type_idx on audit_entry (type, entry_id);
create index audit_entry_actor_idx on audit_entry (actor, entry_id);
create index audit_entry_subject_idx on audit_entry (subject, entry_id);
create index audit_entry_client_id_idx on audit_entry (client_id, entry_id);
comment on index audit_entry_type_idx is 'Pages of the list with this filter, as the three others.';
