"""akeneo-api-client: a whole cycle of managing a catalog."""

import json
import os
import unittest
import uuid

from akeneo_api_client.client_builder import ClientBuilder
from akeneo_api_client.search.search_builder import SearchBuilder

# What the driver of these tests has prepared: tests/it/clients.rs.
SHOP = json.loads(os.environ["SHOP"])


def sign_in():
    connection = SHOP["connection"]
    return ClientBuilder(SHOP["issuer"]).build_authenticated_by_password(
        connection["username"],
        connection["password"],
        connection["client_id"],
        connection["client_secret"],
    )


def value(data, locale=None, scope=None):
    return [{"locale": locale, "scope": scope, "data": data}]


def by_code(pages):
    """All things on all pages. The library forgets between calls only what is passed to it anew."""
    return {thing.get("code") or thing["uuid"]: thing for page in pages for thing in page}


class Cycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Mugs in two colors, and all that they need, in the order in which it needs each other."""
        cls.pim = pim = sign_in()
        cls.accept(pim.category_api.upsert_list([{"code": "master"}, {"code": "kitchen", "parent": "master"}]))
        pim.channel_api.upsert(
            "ecommerce",
            {
                "category_tree": "master",
                "locales": ["en_US", "de_DE"],
                "currencies": ["EUR", "USD"],
                "labels": {"en_US": "Shop"},
            },
        )
        pim.attribute_group_api.upsert("marketing", {"labels": {"en_US": "Marketing"}})
        attributes = [
            {"code": "name", "type": "pim_catalog_text", "localizable": True},
            {"code": "color", "type": "pim_catalog_simpleselect"},
            {"code": "price", "type": "pim_catalog_price_collection", "decimals_allowed": True},
            {
                "code": "weight",
                "type": "pim_catalog_metric",
                "metric_family": "Weight",
                "default_metric_unit": "GRAM",
                "decimals_allowed": True,
            },
        ]
        cls.accept(pim.attribute_api.upsert_list([{"group": "marketing", **each} for each in attributes]))
        cls.accept(
            pim.attribute_option_api.upsert_list(
                "color", [{"code": code, "labels": {"en_US": code}} for code in ("red", "blue", "green")]
            )
        )
        pim.family_api.upsert(
            "mugs",
            {
                "attributes": ["sku", "name", "color", "price", "weight"],
                "attribute_as_label": "name",
                "attribute_requirements": {"ecommerce": ["sku", "name"]},
            },
        )
        pim.family_variant_api.upsert(
            "mugs",
            "mugs_by_color",
            {"variant_attribute_sets": [{"level": 1, "axes": ["color"], "attributes": ["color"]}]},
        )

    @staticmethod
    def accept(answers):
        refused = [answer for answer in answers if answer["status_code"] not in (201, 204)]
        assert not refused, refused

    def make_product(self, identifier, **more):
        key = str(uuid.uuid4())
        values = {"sku": value(identifier), "name": value("Mug", "en_US"), **more.pop("values", {})}
        product = {"uuid": key, "family": "mugs", "categories": ["kitchen"], **more, "values": values}
        self.assertEqual(self.pim.product_uuid_api.create(product).status_code, 201)
        return key

    def test_tokens_are_refreshed_when_one_is_refused(self):
        pim = sign_in()
        self.assertEqual(pim.currency_api.get("EUR")["code"], "EUR")
        first = pim.authentication.access_token, pim.authentication.refresh_token
        pim.authentication.access_token = first[0][:-4] + "AAAA"
        self.assertEqual(pim.currency_api.get("EUR")["code"], "EUR")
        second = pim.authentication.access_token, pim.authentication.refresh_token
        self.assertNotIn(second[0], (first[0], pim.authentication.access_token[:-4] + "AAAA"))
        self.assertNotEqual(second[1], first[1])

    def test_locales_and_currencies_are_read(self):
        self.assertEqual(self.pim.locale_api.get("de_DE"), {"code": "de_DE", "enabled": True})
        locales = by_code(self.pim.locale_api.all(100, {}))
        self.assertGreater(len(locales), 100)
        self.assertFalse(locales["fr_FR"]["enabled"])
        self.assertTrue(self.pim.currency_api.get("EUR")["enabled"])
        self.assertTrue(by_code(self.pim.currency_api.all(100, {}))["USD"]["enabled"])

    def test_categories(self):
        api = self.pim.category_api
        self.assertEqual(api.create("glass", {"parent": "kitchen"}).status_code, 201)
        self.assertEqual(api.upsert("glass", {"labels": {"en_US": "Glass"}}).status_code, 204)
        glass = api.get("glass")
        self.assertEqual((glass["parent"], glass["labels"]), ("kitchen", {"en_US": "Glass"}))
        children = [{"code": f"glass_{number}", "parent": "glass"} for number in range(5)]
        self.assertEqual([answer["status_code"] for answer in api.upsert_list(children)], [201] * 5)
        search = SearchBuilder()
        search.add_filter("parent", "=", "glass")
        found = by_code(api.all(2, {"search": search.get_filters()}))
        self.assertEqual(sorted(found), [child["code"] for child in children])

    def test_channels(self):
        api = self.pim.channel_api
        channel = {"category_tree": "master", "locales": ["en_US"], "currencies": ["EUR"]}
        self.assertEqual(api.create("print", channel).status_code, 201)
        self.assertEqual(api.upsert("print", {"labels": {"en_US": "Print"}}).status_code, 204)
        self.accept(api.upsert_list([{"code": "print", "conversion_units": {"weight": "KILOGRAM"}}]))
        self.assertEqual(
            by_code(api.all(1, {}))["print"] | {"_links": None},
            {
                "_links": None,
                "code": "print",
                **channel,
                "labels": {"en_US": "Print"},
                "conversion_units": {"weight": "KILOGRAM"},
            },
        )

    def test_attribute_groups(self):
        api = self.pim.attribute_group_api
        self.assertEqual(api.create({"code": "technical", "sort_order": 4}).status_code, 201)
        self.assertEqual(api.upsert("technical", {"labels": {"en_US": "Technical"}}).status_code, 204)
        self.accept(api.upsert_list([{"code": "technical", "labels": {"de_DE": "Technisch"}}]))
        technical = api.get("technical")
        self.assertEqual(technical["labels"], {"en_US": "Technical", "de_DE": "Technisch"})
        self.assertEqual(technical["sort_order"], 4)
        self.assertIn("name", by_code(api.all(1, {}))["marketing"]["attributes"])

    def test_attributes_and_their_options(self):
        api = self.pim.attribute_api
        size = {"code": "size", "type": "pim_catalog_simpleselect", "group": "marketing"}
        self.assertEqual(api.create(size).status_code, 201)
        self.assertEqual(api.upsert("size", {"labels": {"en_US": "Size"}}).status_code, 204)
        self.assertEqual(api.get("size")["labels"], {"en_US": "Size"})
        search = SearchBuilder()
        search.add_filter("type", "IN", ["pim_catalog_simpleselect"])
        found = by_code(api.all(1, {"search": search.get_filters()}))
        self.assertTrue({"color", "size"} <= set(found), found)
        options = self.pim.attribute_option_api
        self.assertEqual(options.create("size", "s", {}).status_code, 201)
        self.assertEqual(options.upsert("size", "s", {"labels": {"en_US": "S"}}).status_code, 204)
        self.accept(options.upsert_list("size", [{"code": "m", "sort_order": 7}]))
        self.assertEqual(options.get("size", "s")["labels"], {"en_US": "S"})
        self.assertEqual(by_code(options.all("size", 1, {}))["m"]["sort_order"], 7)

    def test_families_and_their_variants(self):
        api = self.pim.family_api
        self.assertEqual(api.create({"code": "cups", "attributes": ["sku", "color"]}).status_code, 201)
        self.assertEqual(api.upsert("cups", {"labels": {"en_US": "Cups"}}).status_code, 204)
        self.accept(api.upsert_list([{"code": "cups", "attributes": ["sku", "name", "color"]}]))
        cups = api.get("cups")
        self.assertEqual(cups["attributes"], ["color", "name", "sku"])
        self.assertEqual(cups["labels"], {"en_US": "Cups"})
        self.assertEqual(set(by_code(api.all(1, {}))), {"cups", "mugs"})
        variants = self.pim.family_variant_api
        self.accept(
            variants.upsert_list(
                "cups",
                [
                    {
                        "code": "cups_by_color",
                        "labels": {"en_US": "By color"},
                        "variant_attribute_sets": [
                            {"level": 1, "axes": ["color"], "attributes": ["color", "sku"]}
                        ],
                    }
                ],
            )
        )
        self.assertEqual(variants.get("cups", "cups_by_color")["labels"], {"en_US": "By color"})
        levels = by_code(variants.all("cups", 1, {}))["cups_by_color"]["variant_attribute_sets"]
        self.assertEqual(levels, [{"level": 1, "axes": ["color"], "attributes": ["color", "sku"]}])

    def test_measurement_families(self):
        api = self.pim.measurement_family_api
        coins = {
            "code": "Coins",
            "standard_unit_code": "CENT",
            "units": {
                "CENT": {
                    "code": "CENT",
                    "convert_from_standard": [{"operator": "mul", "value": "1"}],
                    "symbol": "c",
                },
                "DIME": {
                    "code": "DIME",
                    "convert_from_standard": [{"operator": "mul", "value": "10"}],
                    "symbol": "d",
                },
            },
        }
        # One JSON array of answers is one line.
        self.assertEqual(api.upsert_list([coins]), [[{"code": "Coins", "status_code": 201}]])
        kept = next(family for family in api.all() if family["code"] == "Coins")
        self.assertEqual(kept["units"]["DIME"]["symbol"], "d")
        old = self.pim.measure_family_api
        self.assertEqual(old.get("Coins")["standard"], "CENT")
        self.assertIn(
            {"code": "DIME", "convert": {"mul": "10"}, "symbol": "d"},
            by_code(old.all(2, {}))["Coins"]["units"],
        )

    def test_products(self):
        api = self.pim.product_uuid_api
        key = self.make_product("MUG-1")
        weight = value({"amount": "350", "unit": "GRAM"})
        self.assertEqual(api.upsert(key, {"values": {"weight": weight}}).status_code, 204)
        mug = api.get(key, {"with_completenesses": True})
        self.assertEqual(mug["values"]["sku"], value("MUG-1"))
        self.assertEqual(mug["values"]["weight"], value({"amount": "350.0000", "unit": "GRAM"}))
        self.assertEqual(mug["categories"], ["kitchen"])
        self.assertIn({"scope": "ecommerce", "locale": "en_US", "data": 100}, mug["completenesses"])
        self.assertEqual(api.delete(key).status_code, 204)
        # It answers nothing to what is refused; without an answer it has nothing to read.
        self.assertRaises(AttributeError, api.get, key)

    def test_products_in_bulk_found_page_by_page(self):
        api = self.pim.product_uuid_api
        keys = [str(uuid.uuid4()) for _ in range(7)]
        lines = [
            {"uuid": key, "values": {"sku": value(f"BULK-{place}"), "color": value("green")}}
            for place, key in enumerate(keys)
        ]
        answers = api.upsert_list(lines)
        self.assertEqual(
            answers,
            [{"line": place + 1, "uuid": key, "status_code": 201} for place, key in enumerate(keys)],
        )
        answers = api.upsert_list([{"uuid": keys[0], "enabled": False}, {"uuid": keys[1], "family": "none"}])
        self.assertEqual([answer["status_code"] for answer in answers], [204, 422])
        search = SearchBuilder()
        search.add_filter("color", "IN", ["green"])
        query = {"search": search.get_filters(), "attributes": "sku"}
        found = by_code(api.all(3, query))
        self.assertEqual(set(found), set(keys))
        self.assertEqual(list(found[keys[3]]["values"]), ["sku"])
        self.assertFalse(found[keys[0]]["enabled"])

    def test_product_models_with_their_variants(self):
        api = self.pim.product_model_api
        new = {"code": "amor", "family_variant": "mugs_by_color", "categories": ["kitchen"]}
        self.assertEqual(api.create(new).status_code, 201)
        name = {"values": {"name": value("Amor", "en_US")}}
        self.assertEqual(api.upsert("amor", name).status_code, 204)
        self.accept(api.upsert_list([{"code": "psyche", "family_variant": "mugs_by_color"}]))
        self.assertEqual(api.get("amor")["values"], name["values"])
        self.assertEqual(set(by_code(api.all(1, {}))), {"amor", "psyche"})
        variant = str(uuid.uuid4())
        values = {"sku": value("AMOR-RED"), "color": value("red")}
        self.accept(
            self.pim.product_uuid_api.upsert_list([{"uuid": variant, "parent": "amor", "values": values}])
        )
        red = self.pim.product_uuid_api.get(variant)
        self.assertEqual((red["parent"], red["family"]), ("amor", "mugs"))
        self.assertEqual(red["values"], {**values, **name["values"]})
        self.assertEqual(self.pim.product_uuid_api.delete(variant).status_code, 204)
        self.assertEqual(api.delete("psyche").status_code, 204)
        self.assertEqual(set(by_code(api.all(1, {}))), {"amor"})
