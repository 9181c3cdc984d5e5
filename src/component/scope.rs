//! Which types there are at a place within a component, as far as it matters for imports.

use std::collections::BTreeMap;
use std::rc::Rc;

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind, ComponentType, ComponentTypeRef,
    InstanceTypeDeclaration, TypeBounds,
};

/// What an instance exports.
#[derive(Clone, Default)]
pub(super) struct Exports<'a> {
    /// By name.
    pub(super) types: Rc<BTreeMap<&'a str, Type<'a>>>,
    /// Whether somebody must be there who gives it: it is more than shapes of values.
    pub(super) is_given: bool,
    /// How many instances are within each other here.
    depth: usize,
}

/// How deep instances are looked into. WIT has no words for a single one within another, and what nests without end would
/// be taken apart without end.
const DEEPEST: usize = 100;

/// A type.
#[derive(Clone)]
pub(super) enum Type<'a> {
    /// The shape of values.
    Shape,
    /// A function.
    Function,
    /// A resource.
    Resource,
    /// A component.
    Component,
    /// An instance.
    Instance(Exports<'a>),
}

/// An index that nothing stands behind.
pub(super) struct Dangling(pub(super) u32);

/// The types of one component or instance type, numbered as they come.
pub(super) struct Scope<'s, 'a> {
    pub(super) types: Vec<Type<'a>>,
    outer: Option<&'s Scope<'s, 'a>>,
}

impl<'a> Scope<'_, 'a> {
    /// That of the outermost component.
    pub(super) fn new() -> Self {
        Self { types: Vec::new(), outer: None }
    }

    /// The type of an index.
    pub(super) fn get(&self, index: u32) -> Result<Type<'a>, Dangling> {
        let found = usize::try_from(index).ok().and_then(|index| self.types.get(index));
        found.cloned().ok_or(Dangling(index))
    }

    /// What a definition defines.
    pub(super) fn define(&self, ty: ComponentType<'a>) -> Result<Type<'a>, Dangling> {
        Ok(match ty {
            ComponentType::Defined(_) => Type::Shape,
            ComponentType::Func(_) => Type::Function,
            ComponentType::Resource { .. } => Type::Resource,
            ComponentType::Component(_) => Type::Component,
            ComponentType::Instance(declarations) => Type::Instance(self.instance(declarations)?),
        })
    }

    /// What stands behind a reference.
    pub(super) fn referred(&self, ty: ComponentTypeRef) -> Result<Type<'a>, Dangling> {
        match ty {
            ComponentTypeRef::Type(TypeBounds::SubResource) => Ok(Type::Resource),
            ComponentTypeRef::Type(TypeBounds::Eq(index)) | ComponentTypeRef::Instance(index) => self.get(index),
            ComponentTypeRef::Func(_) | ComponentTypeRef::Value(_) => Ok(Type::Function),
            ComponentTypeRef::Module(_) | ComponentTypeRef::Component(_) => Ok(Type::Component),
        }
    }

    fn instance(&self, declarations: Box<[InstanceTypeDeclaration<'a>]>) -> Result<Exports<'a>, Dangling> {
        let mut inner = Scope { types: Vec::new(), outer: Some(self) };
        let (mut types, mut is_given, mut depth) = (BTreeMap::new(), false, 0);
        for declaration in declarations {
            match declaration {
                InstanceTypeDeclaration::CoreType(_) => {}
                InstanceTypeDeclaration::Type(ty) => inner.types.push(inner.define(ty)?),
                InstanceTypeDeclaration::Alias(alias) => inner.alias(&alias)?,
                InstanceTypeDeclaration::Export { name, ty } => {
                    let exported = inner.referred(ty)?;
                    if matches!(ty, ComponentTypeRef::Type(_)) {
                        inner.types.push(exported.clone());
                    }
                    is_given |= !matches!(exported, Type::Shape);
                    if let Type::Instance(within) = &exported {
                        depth = depth.max(within.depth + 1);
                    }
                    types.insert(name.name, exported);
                }
            }
        }
        if depth > DEEPEST {
            return Ok(Exports { is_given, ..Exports::default() });
        }
        Ok(Exports { types: types.into(), is_given, depth })
    }

    /// Takes a type from outside. Others than types are not numbered here.
    fn alias(&mut self, alias: &ComponentAlias<'a>) -> Result<(), Dangling> {
        match alias {
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Type, count, index } => {
                self.types.push(self.outwards(*count)?.get(*index)?);
            }
            // Of an instance within an interface, which WIT has no words for.
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Type, .. } => self.types.push(Type::Shape),
            _ => {}
        }
        Ok(())
    }

    fn outwards(&self, count: u32) -> Result<&Scope<'_, 'a>, Dangling> {
        let mut scope: &Scope<'_, 'a> = self;
        for _ in 0..count {
            scope = scope.outer.ok_or(Dangling(count))?;
        }
        Ok(scope)
    }
}
