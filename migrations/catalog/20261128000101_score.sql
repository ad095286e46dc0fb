-- Scores, how complete and how good products are in each channel and locale, are kept among a product's terms,
-- so that few of a kind are found among many products without computing all of them. What a score follows
-- from, beside the product, counts its changes: the rules of the family and the values of the models above.
-- So products whose scores are of before are known, and computed, until upkeep has made them anew.

alter table family add column rules_version bigint not null default 1;
comment on column family.rules_version is 'Counts changes of what scores of its products follow from: attributes, requirements, main picture, locales of channels. Moved by triggers, so that no writer can forget it.';

alter table product
    add column scored_version bigint,
    add column scored_rules bigint not null default 0;
comment on column product.scored_version is 'The version whose scores and associations are among the terms.';
comment on column product.terms is 'Terms of its own values, its associations and its scores; what it inherits is found by the terms of its models.';
comment on column product.scored_rules is 'The rules_version of the family that they follow.';
create index product_score_idx on product (family, scored_rules);
comment on index product_score_idx is 'Finds products of a family whose scores follow older rules: less than its rules_version.';
create index product_unscored_idx on product (id) where scored_version is distinct from version;
comment on index product_unscored_idx is 'Products whose terms lack scores and associations: those of before, and those written by a version of the service that does not know these.';

alter table product_model add column scored_version bigint;
comment on column product_model.scored_version is 'The version whose values the scores of all products below are of, and whose associations are among its terms.';
comment on column product_model.terms is 'Terms of its own values and associations.';
create index product_model_unscored_idx on product_model (id) where scored_version is distinct from version;

-- The unique axes of siblings begin with it.
drop index product_parent_idx;

create function note_rule_change() returns trigger language plpgsql as $$
begin
    update family set rules_version = rules_version + 1 where code in (select family from changed);
    return null;
end
$$;
comment on function note_rule_change() is 'Scores of products of the changed families are of before.';
create trigger family_attribute_added after insert on family_attribute
    referencing new table as changed for each statement execute function note_rule_change();
create trigger family_attribute_removed after delete on family_attribute
    referencing old table as changed for each statement execute function note_rule_change();
create trigger family_requirement_added after insert on family_requirement
    referencing new table as changed for each statement execute function note_rule_change();
create trigger family_requirement_removed after delete on family_requirement
    referencing old table as changed for each statement execute function note_rule_change();

create function note_picture_change() returns trigger language plpgsql as $$
begin
    new.rules_version := old.rules_version + 1;
    return new;
end
$$;
comment on function note_picture_change() is 'Scores of products of this family are of before.';
create trigger family_picture_changed before update on family for each row
    when (old.attribute_as_image is distinct from new.attribute_as_image)
    execute function note_picture_change();

create function note_locale_change() returns trigger language plpgsql as $$
begin
    update family set rules_version = rules_version + 1 where exists (select from changed);
    return null;
end
$$;
comment on function note_locale_change() is 'Scores of all products are of before: a channel has one locale more or less.';
create trigger channel_locale_added after insert on channel_locale
    referencing new table as changed for each statement execute function note_locale_change();
create trigger channel_locale_removed after delete on channel_locale
    referencing old table as changed for each statement execute function note_locale_change();

create function note_attribute_change() returns trigger language plpgsql as $$
begin
    update family set rules_version = rules_version + 1
    where new.is_main_identifier
       or code in (select family from family_attribute where attribute = new.code);
    return null;
end
$$;
comment on function note_attribute_change() is 'Scores of products of the families with this attribute are of before. Every family has the main identifier.';
create trigger attribute_rule_changed after update on attribute for each row
    when ((old.localizable, old.scopable, old.available_locales, old.is_main_identifier)
          is distinct from (new.localizable, new.scopable, new.available_locales, new.is_main_identifier))
    execute function note_attribute_change();
create trigger main_identifier_added after insert on attribute for each row
    when (new.is_main_identifier) execute function note_attribute_change();

comment on function completeness is 'Percentage of the required attributes that have a value, rounded down; 100 if none is required, null without family. management/score computes the same.';
comment on function quality_grade is 'A from 90 points, B from 80, C from 70, D from 60, else E. 70 of 100 points for the required attributes that have a value, 20 for all attributes of the family that have one, 10 for the main picture; without an attribute for that, of 90. elsewhere: attributes filled on lower levels, which do not count. Null without family. management/score computes the same of products.';
