//! Errors on their way to JavaScript: the message is JSON `{code, message, details}` that `src/native/native.ts` turns
//! into a `LookbackError`.

use lookback_engine::EngineError;

/// As an error of napi.
pub fn to_napi(error: &EngineError) -> napi::Error {
    let details = match error {
        EngineError::Unreadable { path, reason, offset, first_bytes } => {
            serde_json::json!({ "path": path, "reason": reason, "offset": offset, "firstBytes": first_bytes })
        }
        EngineError::DiskFull { path } | EngineError::Io { path, .. } => serde_json::json!({ "path": path }),
        EngineError::Cancelled | EngineError::Worker(_) => serde_json::json!({}),
    };
    coded(error.code(), &error.to_string(), &details)
}

/// Runs `work`; a panic becomes an error that says `consequence`, never the end of the process.
pub fn contained<T>(consequence: &str, work: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let message = format!("the capture core panicked; {consequence}");
        Err(coded("INTERNAL", &message, &serde_json::json!({})))
    })
}

/// An error of this boundary.
pub fn coded(code: &str, message: &str, details: &serde_json::Value) -> napi::Error {
    napi::Error::from_reason(
        serde_json::json!({ "code": code, "message": message, "details": details }).to_string(),
    )
}
