//! The functions of `js/crypto.mjs`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "./crypto.mjs")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub fn seal(algorithm: u8, key: &[u8], nonce: &[u8], aad: &[u8], data: &mut [u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    pub fn open(
        algorithm: u8,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        data: &mut [u8],
    ) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn random(data: &mut [u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = ecPair)]
    pub fn ec_pair(curve: u8) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch, js_name = ecSecret)]
    pub fn ec_secret(curve: u8, private: &[u8], peer: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch, js_name = x25519Pair)]
    pub fn x25519_pair() -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch, js_name = x25519Secret)]
    pub fn x25519_secret(private: &[u8], peer: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch, js_name = exportPrivate)]
    pub fn private_key(key: &[u8], form: &str) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch, js_name = exportPublic)]
    pub fn public_key(key: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn sign(hash: Option<u8>, is_pss: bool, key: &[u8], message: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(catch)]
    pub fn verify(
        hash: Option<u8>,
        is_pss: bool,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, JsValue>;
}
