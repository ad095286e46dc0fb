//! The shapes the shop can draw.

use super::canvas::Canvas;
use super::scene::Stand;
use super::{
    camping, coffee, cooking, decor, furniture, garden, lighting, seating, table, textile,
};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the things drawn")]
pub enum Shape {
    Chair,
    Armchair,
    Sofa,
    Stool,
    Bench,
    FoldingChair,
    DiningTable,
    CoffeeTable,
    SideTable,
    Desk,
    Shelf,
    Sideboard,
    Wardrobe,
    BedsideTable,
    Bed,
    CoatRack,
    FloorLamp,
    PendantLamp,
    TableLamp,
    WallLamp,
    Bulb,
    Pot,
    Pan,
    Casserole,
    Kettle,
    BakingDish,
    Knife,
    CuttingBoard,
    PepperMill,
    Jar,
    Mug,
    Plate,
    Bowl,
    Tumbler,
    Carafe,
    HandGrinder,
    ElectricGrinder,
    EspressoMachine,
    Dripper,
    FrenchPress,
    Scale,
    FilterPack,
    CoffeeBag,
    Cushion,
    Blanket,
    Rug,
    Towel,
    BedLinen,
    Curtain,
    TeaTowel,
    Apron,
    Tent,
    SleepingBag,
    SleepingMat,
    Lantern,
    Stove,
    EnamelMug,
    Backpack,
    Duffel,
    Tote,
    Bottle,
    PlantPot,
    WateringCan,
    Trowel,
    NestingBox,
    FireBowl,
    Vase,
    Candle,
    Clock,
    Mirror,
    Basket,
    GiftBox,
}

impl Shape {
    /// Where it is, and how broad its shadow.
    pub(crate) fn stands(self) -> Stand {
        match self {
            Shape::CoatRack
            | Shape::PendantLamp
            | Shape::WallLamp
            | Shape::Bulb
            | Shape::Knife
            | Shape::CuttingBoard
            | Shape::Plate
            | Shape::Rug
            | Shape::Curtain
            | Shape::TeaTowel
            | Shape::Apron
            | Shape::Trowel
            | Shape::Clock
            | Shape::Mirror => Stand::Wall,
            Shape::Tent
            | Shape::Sofa
            | Shape::DiningTable
            | Shape::Desk
            | Shape::Bed
            | Shape::Sideboard => Stand::Floor { half_width: 280.0, lift: 70.0 },
            Shape::Bench
            | Shape::CoffeeTable
            | Shape::SleepingBag
            | Shape::SleepingMat
            | Shape::Pan
            | Shape::Duffel
            | Shape::BakingDish
            | Shape::Scale => Stand::Floor { half_width: 250.0, lift: 120.0 },
            Shape::Blanket
            | Shape::Towel
            | Shape::BedLinen
            | Shape::Bowl
            | Shape::Mug
            | Shape::EnamelMug => Stand::Floor { half_width: 200.0, lift: 95.0 },
            Shape::Pot
            | Shape::Casserole
            | Shape::BedsideTable
            | Shape::Cushion
            | Shape::Basket => Stand::Floor { half_width: 200.0, lift: 70.0 },
            Shape::Bottle
            | Shape::PepperMill
            | Shape::HandGrinder
            | Shape::Candle
            | Shape::FloorLamp
            | Shape::SideTable
            | Shape::Tumbler
            | Shape::Carafe => Stand::Floor { half_width: 120.0, lift: 15.0 },
            _ => Stand::Floor { half_width: 190.0, lift: 35.0 },
        }
    }

    pub(crate) fn draw(self, canvas: &mut Canvas) {
        let draw = match self {
            Shape::Chair => seating::chair,
            Shape::Armchair => seating::armchair,
            Shape::Sofa => seating::sofa,
            Shape::Stool => seating::stool,
            Shape::Bench => seating::bench,
            Shape::FoldingChair => seating::folding_chair,
            Shape::DiningTable => furniture::dining_table,
            Shape::CoffeeTable => furniture::coffee_table,
            Shape::SideTable => furniture::side_table,
            Shape::Desk => furniture::desk,
            Shape::Shelf => furniture::shelf,
            Shape::Sideboard => furniture::sideboard,
            Shape::Wardrobe => furniture::wardrobe,
            Shape::BedsideTable => furniture::bedside_table,
            Shape::Bed => furniture::bed,
            Shape::CoatRack => furniture::coat_rack,
            Shape::FloorLamp => lighting::floor_lamp,
            Shape::PendantLamp => lighting::pendant_lamp,
            Shape::TableLamp => lighting::table_lamp,
            Shape::WallLamp => lighting::wall_lamp,
            Shape::Bulb => lighting::bulb,
            Shape::Pot => cooking::pot,
            Shape::Pan => cooking::pan,
            Shape::Casserole => cooking::casserole,
            Shape::Kettle => cooking::kettle,
            Shape::BakingDish => cooking::baking_dish,
            Shape::Knife => cooking::knife,
            Shape::CuttingBoard => cooking::cutting_board,
            Shape::PepperMill => cooking::pepper_mill,
            Shape::Jar => cooking::jar,
            Shape::Mug => table::mug,
            Shape::Plate => table::plate,
            Shape::Bowl => table::bowl,
            Shape::Tumbler => table::tumbler,
            Shape::Carafe => table::carafe,
            Shape::EnamelMug => table::enamel_mug,
            Shape::HandGrinder => coffee::hand_grinder,
            Shape::ElectricGrinder => coffee::electric_grinder,
            Shape::EspressoMachine => coffee::espresso_machine,
            Shape::Dripper => coffee::dripper,
            Shape::FrenchPress => coffee::french_press,
            Shape::Scale => coffee::scale,
            Shape::FilterPack => coffee::filter_pack,
            Shape::CoffeeBag => coffee::coffee_bag,
            Shape::Cushion => textile::cushion,
            Shape::Blanket => textile::blanket,
            Shape::Rug => textile::rug,
            Shape::Towel => textile::towel,
            Shape::BedLinen => textile::bed_linen,
            Shape::Curtain => textile::curtain,
            Shape::TeaTowel => textile::tea_towel,
            Shape::Apron => textile::apron,
            Shape::Tote => textile::tote,
            Shape::Tent => camping::tent,
            Shape::SleepingBag => camping::sleeping_bag,
            Shape::SleepingMat => camping::sleeping_mat,
            Shape::Lantern => camping::lantern,
            Shape::Stove => camping::stove,
            Shape::Backpack => camping::backpack,
            Shape::Duffel => camping::duffel,
            Shape::Bottle => camping::bottle,
            Shape::PlantPot => garden::plant_pot,
            Shape::WateringCan => garden::watering_can,
            Shape::Trowel => garden::trowel,
            Shape::NestingBox => garden::nesting_box,
            Shape::FireBowl => garden::fire_bowl,
            Shape::Vase => decor::vase,
            Shape::Candle => decor::candle,
            Shape::Clock => decor::clock,
            Shape::Mirror => decor::mirror,
            Shape::Basket => decor::basket,
            Shape::GiftBox => decor::gift_box,
        };
        draw(canvas);
    }
}
