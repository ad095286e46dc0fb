create table location (
    code       text        not null,
    name       text        not null,
    position   integer     not null default 0,
    active     boolean     not null default true,
    version    bigint      not null default 1,
    created_at timestamptz not null default now(),
    constraint location_pkey primary key (code)
);
comment on table location is 'Where stock lies: warehouses and shops.';
comment on column location.position is 'Orders take stock from the lowest first; the lowest is also where stock is set when no location is named.';
comment on column location.active is 'Whether its stock can be sold.';

insert into location (code, name) values ('default', 'Default location');

create table stock (
    sku        text        not null,
    location   text        not null,
    on_hand    integer     not null,
    reserved   integer     not null default 0,
    allocated  integer     not null default 0,
    version    bigint      not null default 1,
    updated_at timestamptz not null default now(),
    constraint stock_pkey primary key (sku, location),
    constraint stock_location_fkey foreign key (location) references location (code),
    constraint stock_on_hand_check check (on_hand between 0 and 1000000000),
    constraint stock_reserved_check check (reserved >= 0),
    constraint stock_allocated_check check (allocated >= 0),
    constraint stock_committed_check check (reserved + allocated <= on_hand)
);
comment on table stock is 'Units of a sku at a location. Writers lock rows in the order (sku, location).';
comment on column stock.on_hand is 'Units that physically lie there.';
comment on column stock.reserved is 'Units in held rows of reservation, expired ones included until the next writer tidies them.';
comment on column stock.allocated is 'Units of confirmed orders that are not shipped yet.';
comment on constraint stock_committed_check on stock is 'Nothing is sold that does not lie there.';
create index stock_location_idx on stock (location);
comment on index stock_location_idx is 'For the foreign key to location.';

create table reservation (
    order_id   uuid        not null,
    sku        text        not null,
    location   text        not null,
    quantity   integer     not null,
    state      text        not null,
    expires_at timestamptz,
    constraint reservation_pkey primary key (order_id, sku, location),
    constraint reservation_stock_fkey foreign key (sku, location) references stock (sku, location),
    constraint reservation_quantity_check check (quantity > 0),
    constraint reservation_state_check check (state in ('held', 'allocated')),
    constraint reservation_expires_at_check check ((state = 'held') = (expires_at is not null))
);
comment on table reservation is 'Units kept for an order. Changed only under the lock of its stock row.';
comment on column reservation.state is 'held: until expires_at, while the payment is awaited; allocated: until shipped.';
comment on column reservation.expires_at is 'From this moment of the database clock on the units are available again, whether or not somebody tidied up.';
create index reservation_held_idx on reservation (sku, location, expires_at) where state = 'held';
comment on index reservation_held_idx is 'For the availability of a sku.';
