//! Images in registries: when they are pulled, what is kept, and what a registry's refusal looks like.
