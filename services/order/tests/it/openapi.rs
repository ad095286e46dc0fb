#[test]
fn the_committed_document_is_what_the_code_says() {
    let text = web::openapi::to_text(&order::openapi());
    testing::assert_generated("openapi/order.json", &text);
}
