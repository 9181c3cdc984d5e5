//! Images that are files: a manifest names them relative to where it lies, a host needs to know where that is.

use std::path::Path;

use serde_json::Value;

/// What the reference of an image begins with that is a file.
const SCHEME: &str = "file://";

/// Makes the relative `file://` images of an object absolute, seen from `directory`.
pub fn anchor_images(object: &mut Value, directory: &Path) {
    match object {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(image) if name == "image" => anchor(image, directory),
                    value => anchor_images(value, directory),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| anchor_images(item, directory)),
        _ => {}
    }
}

fn anchor(image: &mut String, directory: &Path) {
    if let Some(path) = image.strip_prefix(SCHEME).filter(|path| !path.is_empty() && !path.starts_with('/')) {
        let path = directory.join(path.strip_prefix("./").unwrap_or(path));
        *image = format!("{SCHEME}{}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn relative_files_are_seen_from_the_manifest() {
        let mut object = json!({
            "spec": { "template": { "spec": {
                "components": [
                    { "name": "a", "image": "file://a.wasm" }, { "name": "b", "image": "file://./out/b.wasm" },
                    { "name": "c", "image": "file:///abs/c.wasm" }, { "name": "d", "image": "ghcr.io/x/d:1" },
                    { "name": "e", "image": "file://../e.wasm" },
                ],
                "service": { "image": "file://s.wasm", "localResources": { "config": { "path": "file://kept" } } },
            } } },
        });
        anchor_images(&mut object, Path::new("/home/me/app"));
        let spec = &object["spec"]["template"]["spec"];
        let images: Vec<_> =
            spec["components"].as_array().unwrap().iter().map(|c| c["image"].as_str().unwrap()).collect();
        assert_eq!(
            images,
            [
                "file:///home/me/app/a.wasm",
                "file:///home/me/app/out/b.wasm",
                "file:///abs/c.wasm",
                "ghcr.io/x/d:1",
                "file:///home/me/app/../e.wasm",
            ]
        );
        assert_eq!(spec["service"]["image"], "file:///home/me/app/s.wasm");
        assert_eq!(spec["service"]["localResources"]["config"]["path"], "file://kept");
    }
}
