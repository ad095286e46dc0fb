-- How complete and how good products are in a channel and a locale. Computed whenever it is asked, so that
-- it is current whatever changed: values, models above, families, channels.

create function is_filled(
    a attribute, of_identifier text, of_values jsonb, in_channel text, in_locale text
) returns boolean language sql stable as $$
    select case when a.is_main_identifier then of_identifier is not null
    else of_values @> jsonb_build_object(a.code, jsonb_build_array(jsonb_build_object(
        'locale', case when a.localizable then in_locale end,
        'scope', case when a.scopable then in_channel end
    ))) end
$$;
comment on function is_filled is 'Whether there is a value of the attribute. An expression that the planner can put in place of the call.';

create function completeness(
    of_family text, of_identifier text, of_values jsonb, in_channel text, in_locale text
) returns integer language sql stable as $$
    select case when of_family is not null then (
        select coalesce(
            100 * count(*) filter (where is_filled(a, of_identifier, of_values, in_channel, in_locale))
                / nullif(count(*), 0),
            100)::integer
        from (select attribute from family_requirement where family = of_family and channel = in_channel
              union
              select code from attribute where is_main_identifier) required
        join attribute a on a.code = required.attribute
        where a.available_locales = '{}' or in_locale = any (a.available_locales)
    ) end
$$;
comment on function completeness is 'Percentage of the required attributes that have a value, rounded down; 100 if none is required, null without family. The management API reads the same from completeness/mod.rs.';

create function quality_grade(
    of_family text, of_identifier text, of_values jsonb, in_channel text, in_locale text, elsewhere text[]
) returns text language sql stable as $$
    select case when points >= 90 then 'A' when points >= 80 then 'B' when points >= 70 then 'C'
                when points >= 60 then 'D' else 'E' end
    from (
        select (70 * coalesce(100 * required_filled / nullif(required, 0), 100)
                + 20 * coalesce(100 * filled / nullif(attributes, 0), 100)
                + 10 * 100 * pictures_filled) / (70 + 20 + 10 * pictures) as points
        from (
            select count(*) as attributes,
                   count(*) filter (where has_value) as filled,
                   count(*) filter (where is_required) as required,
                   count(*) filter (where is_required and has_value) as required_filled,
                   count(*) filter (where is_picture) as pictures,
                   count(*) filter (where is_picture and has_value) as pictures_filled
            from (
                select is_filled(a, of_identifier, of_values, in_channel, in_locale) as has_value,
                       a.is_main_identifier or exists (
                           select from family_requirement r
                           where r.family = f.code and r.channel = in_channel and r.attribute = a.code
                       ) as is_required,
                       coalesce(a.code = f.attribute_as_image, false) as is_picture
                from family f
                join family_attribute fa on fa.family = f.code
                join attribute a on a.code = fa.attribute
                where f.code = of_family and a.code <> all (elsewhere)
                  and (a.available_locales = '{}' or in_locale = any (a.available_locales))
            ) each_attribute
        ) counts
    ) weighted
    where of_family is not null
$$;
comment on function quality_grade is 'A from 90 points, B from 80, C from 70, D from 60, else E. 70 of 100 points for the required attributes that have a value, 20 for all attributes of the family that have one, 10 for the main picture; without an attribute for that, of 90. elsewhere: attributes filled on lower levels, which do not count. Null without family.';
