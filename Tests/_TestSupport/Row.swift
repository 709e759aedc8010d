package import Testing

/// A named row of a test table.
package struct Row<Body: Sendable>: Sendable, CustomTestStringConvertible {
  package let name: String
  package let body: Body
  package var testDescription: String { name }

  package init(_ name: String, _ body: Body) {
    self.name = name
    self.body = body
  }
}
