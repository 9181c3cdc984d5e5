//! The sections of a component, one after the other.

use std::collections::HashSet;

use wasmparser::{
    BinaryReaderError, Chunk, ComponentAlias, ComponentExport, ComponentExternName, ComponentExternalKind,
    ComponentImport, ComponentTypeRef, Encoding, Parser, Payload,
};

use super::interface::shown;
use super::scope::{Dangling, Exports, Scope, Type};
use super::{Component, ComponentError, Interface, Labelled};

/// Bytes of types, imports, exports and aliases that are read; what they become in memory is some tens of times as much.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// Reads the outermost component.
pub(super) fn read(bytes: &[u8]) -> Result<Component, ComponentError> {
    if !bytes.starts_with(b"\0asm") {
        let text = bytes.trim_ascii_start();
        return Err(if text.starts_with(b"(component") || text.starts_with(b"(module") {
            ComponentError::Text
        } else {
            ComponentError::NotWasm
        });
    }
    let mut parser = Parser::new(0);
    let (mut rest, mut reading) = (bytes, Reading::default());
    while !rest.is_empty() {
        let truncated = ComponentError::Truncated(bytes.len());
        // Never told that this is the end, the parser says so when something is missing.
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, false)? else { return Err(truncated) };
        let within = reading.section(payload)?;
        rest = consumed.checked_add(within).and_then(|length| rest.get(length..)).ok_or(truncated)?;
    }
    reading.finish()
}

/// What has been read so far.
struct Reading<'a> {
    component: Component,
    scope: Scope<'a, 'a>,
    instances: Vec<Exports<'a>>,
    /// Bytes that were read.
    read: usize,
    has_code: bool,
    /// Whether nothing but component types were exported, as WIT packages do.
    exports_types: bool,
    exports_others: bool,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self {
            component: Component::default(),
            scope: Scope::new(),
            instances: Vec::new(),
            read: 0,
            has_code: false,
            exports_types: false,
            exports_others: false,
        }
    }
}

impl<'a> Reading<'a> {
    /// Reads a section; answers how many bytes after its head are to be stepped over.
    fn section(&mut self, payload: Payload<'a>) -> Result<usize, ComponentError> {
        match payload {
            Payload::Version { encoding: Encoding::Module, .. } => return Err(ComponentError::CoreModule),
            Payload::ModuleSection { unchecked_range: range, .. }
            | Payload::ComponentSection { unchecked_range: range, .. } => {
                self.has_code = true;
                return Ok(usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX));
            }
            Payload::ComponentTypeSection(types) => {
                self.charge(types.range())?;
                for ty in types {
                    self.scope.types.push(self.scope.define(ty?)?);
                }
            }
            Payload::ComponentImportSection(imports) => {
                self.charge(imports.range())?;
                imports.into_iter().try_for_each(|import| self.import(&import?))?;
            }
            Payload::ComponentAliasSection(aliases) => {
                self.charge(aliases.range())?;
                aliases.into_iter().try_for_each(|alias| self.alias(&alias?))?;
            }
            Payload::ComponentInstanceSection(instances) => {
                self.charge(instances.range())?;
                for instance in instances {
                    instance?;
                    self.instances.push(Exports::default());
                }
            }
            Payload::ComponentExportSection(exports) => {
                self.charge(exports.range())?;
                exports.into_iter().try_for_each(|export| self.export(&export?))?;
            }
            _ => {}
        }
        Ok(0)
    }

    fn charge(&mut self, range: std::ops::Range<u64>) -> Result<(), ComponentError> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        self.read = self.read.saturating_add(length);
        if self.read > LIMIT { Err(ComponentError::TooLarge) } else { Ok(()) }
    }

    fn import(&mut self, import: &ComponentImport<'a>) -> Result<(), ComponentError> {
        let ty = self.scope.referred(import.ty)?;
        if matches!(import.ty, ComponentTypeRef::Type(_)) {
            self.scope.types.push(ty);
            return Ok(());
        }
        let is_instance = matches!(import.ty, ComponentTypeRef::Instance(_));
        let exports = match ty {
            Type::Instance(exports) => exports,
            _ => Exports::default(),
        };
        match interface(&import.name)? {
            Some(interface) if is_instance => self.of_interface(import.name, interface, exports.is_given),
            Some(_) => {}
            None if is_instance && !exports.is_given => {}
            None => self.component.bare.push(shown(import.name.name)),
        }
        if is_instance {
            self.instances.push(exports);
        }
        Ok(())
    }

    fn of_interface(&mut self, name: ComponentExternName<'a>, interface: Interface, is_given: bool) {
        let component = &mut self.component;
        match (is_given, name.implements) {
            (false, _) => component.shapes.push(interface),
            (true, None) => component.imports.push(interface),
            (true, Some(_)) => component.labelled.push(Labelled { label: shown(name.name), interface }),
        }
    }

    fn export(&mut self, export: &ComponentExport<'a>) -> Result<(), ComponentError> {
        match export.kind {
            ComponentExternalKind::Type => {
                let ty = self.scope.get(export.index)?;
                match ty {
                    Type::Component => self.exports_types = true,
                    _ => self.exports_others = true,
                }
                self.scope.types.push(ty);
                return Ok(());
            }
            ComponentExternalKind::Instance => {
                let instance = usize::try_from(export.index).ok().and_then(|index| self.instances.get(index));
                self.instances.push(instance.cloned().ok_or(Dangling(export.index))?);
                if let Some(interface) = interface(&export.name)? {
                    self.component.exports.push(interface);
                }
            }
            _ => {}
        }
        self.exports_others = true;
        Ok(())
    }

    fn alias(&mut self, alias: &ComponentAlias<'a>) -> Result<(), ComponentError> {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let instance = usize::try_from(*instance_index).ok().and_then(|index| self.instances.get(index));
                let exports = instance.ok_or(Dangling(*instance_index))?;
                let ty = exports.types.get(name).cloned();
                match (kind, ty) {
                    (ComponentExternalKind::Type, ty) => self.scope.types.push(ty.unwrap_or(Type::Shape)),
                    (ComponentExternalKind::Instance, Some(Type::Instance(exports))) => self.instances.push(exports),
                    (ComponentExternalKind::Instance, _) => self.instances.push(Exports::default()),
                    _ => {}
                }
            }
            ComponentAlias::Outer { kind: wasmparser::ComponentOuterAliasKind::Type, count: 0, index } => {
                self.scope.types.push(self.scope.get(*index)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Component, ComponentError> {
        let imports_nothing = self.component.given().next().is_none() && self.component.bare.is_empty();
        if self.exports_types && !self.exports_others && !self.has_code && imports_nothing {
            return Err(ComponentError::WitPackage);
        }
        distinct(&mut self.component.shapes);
        distinct(&mut self.component.exports);
        Ok(self.component)
    }
}

/// The interface that an import or export is named after. One with a name of its own says which it implements.
fn interface(name: &ComponentExternName<'_>) -> Result<Option<Interface>, ComponentError> {
    let full = name.full_implements().unwrap_or_else(|| name.full_name());
    if !full.contains('/') || full.contains(['=', '<']) {
        return Ok(None);
    }
    full.parse().map(Some).map_err(|error: super::InterfaceError| ComponentError::Malformed(error.to_string()))
}

/// One with a name of its own may be of an interface that is there already.
fn distinct(interfaces: &mut Vec<Interface>) {
    let mut seen = HashSet::new();
    interfaces.retain(|interface| seen.insert(interface.clone()));
}

impl From<BinaryReaderError> for ComponentError {
    fn from(error: BinaryReaderError) -> Self {
        // The offset stands in the text.
        if error.message().starts_with("unknown binary version") {
            Self::UnknownVersion
        } else {
            Self::Malformed(shown(&error.to_string()))
        }
    }
}

impl From<Dangling> for ComponentError {
    fn from(Dangling(index): Dangling) -> Self {
        Self::Malformed(format!("nothing has the index {index}"))
    }
}
