-- A small shop beside what every installation begins with: two channels over one tree, mugs and shirts.
insert into category (code, parent, position, labels) values
    ('master', null, 0, '{"en_US": "Master"}'),
    ('kitchen', 'master', 0, '{"en_US": "Kitchen", "de_DE": "Küche"}'),
    ('mugs', 'kitchen', 0, '{"en_US": "Mugs", "de_DE": "Becher"}'),
    ('kettles', 'kitchen', 1, '{"en_US": "Kettles"}'),
    ('clothes', 'master', 1, '{"en_US": "Clothes"}'),
    ('other_tree', null, 1, '{}');
insert into channel (code, category_tree, conversion_units) values
    ('ecommerce', 'master', '{"weight": "KILOGRAM"}'),
    ('mobile', 'master', '{}');
insert into channel_locale (channel, locale) values
    ('ecommerce', 'en_US'), ('ecommerce', 'de_DE'), ('mobile', 'en_US');
insert into channel_currency (channel, currency) values
    ('ecommerce', 'EUR'), ('ecommerce', 'USD'), ('mobile', 'EUR');
insert into attribute_group (code, sort_order, labels) values
    ('marketing', 0, '{"en_US": "Marketing"}'), ('technical', 1, '{"en_US": "Technical", "de_DE": "Technik"}');
insert into attribute (code, type, attribute_group, sort_order, localizable, labels) values
    ('name', 'pim_catalog_text', 'marketing', 1, true, '{"en_US": "Name"}'),
    ('description', 'pim_catalog_textarea', 'marketing', 2, true, '{}'),
    ('brand', 'pim_catalog_simpleselect', 'marketing', 3, false, '{"en_US": "Brand"}'),
    ('price', 'pim_catalog_price_collection', 'marketing', 4, false, '{"en_US": "Price"}'),
    ('picture', 'pim_catalog_image', 'marketing', 5, false, '{}'),
    ('back_picture', 'pim_catalog_image', 'marketing', 6, false, '{}'),
    ('tax_class', 'pim_catalog_text', 'marketing', 7, false, '{}'),
    ('color', 'pim_catalog_simpleselect', 'technical', 0, false, '{"en_US": "Color", "de_DE": "Farbe"}'),
    ('size', 'pim_catalog_simpleselect', 'technical', 1, false, '{"en_US": "Size"}'),
    ('materials', 'pim_catalog_multiselect', 'technical', 2, false, '{"en_US": "Materials"}'),
    ('dishwasher_safe', 'pim_catalog_boolean', 'technical', 3, false, '{"en_US": "Dishwasher safe"}'),
    ('capacity', 'pim_catalog_number', 'technical', 4, false, '{"en_US": "Capacity"}'),
    ('ean', 'pim_catalog_text', 'technical', 6, false, '{"en_US": "EAN"}');
insert into attribute (code, type, attribute_group, sort_order, metric_family, labels) values
    ('weight', 'pim_catalog_metric', 'technical', 5, 'Weight', '{"en_US": "Weight", "de_DE": "Gewicht"}');
insert into attribute_option (attribute, code, sort_order, labels) values
    ('color', 'red', 1, '{"en_US": "Red", "de_DE": "Rot"}'),
    ('color', 'blue', 0, '{"en_US": "Blue", "de_DE": "Blau"}'),
    ('color', 'green', 2, '{"en_US": "Green"}'),
    ('size', 's', 0, '{"en_US": "Small"}'), ('size', 'm', 1, '{"en_US": "Medium"}'),
    ('materials', 'stoneware', 0, '{"en_US": "Stoneware"}'), ('materials', 'cork', 1, '{"en_US": "Cork"}'),
    ('brand', 'acme', 0, '{"en_US": "Acme"}'), ('brand', 'nordlicht', 1, '{"en_US": "Nordlicht"}');
insert into family (code, attribute_as_label, attribute_as_image) values
    ('mug', 'name', 'picture'), ('shirt', 'name', 'picture');
insert into family_attribute (family, attribute)
    select family, attribute.code from unnest(array['mug', 'shirt']) as family, attribute;
insert into family_requirement (family, channel, attribute) values
    ('mug', 'ecommerce', 'sku'), ('mug', 'ecommerce', 'name');
insert into family_variant (code, family) values ('shirt_color_size', 'shirt');
insert into family_variant_level (family_variant, level, axes, attributes) values
    ('shirt_color_size', 1, array['color'], array['picture']),
    ('shirt_color_size', 2, array['size'], array['sku', 'price', 'ean']);
