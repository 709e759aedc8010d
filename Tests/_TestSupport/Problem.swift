package import Base
package import Testing

/// The problem that `body` ends in, as the command would show it.
package func problem(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) throws -> Problem {
  do {
    _ = try body()
  } catch {
    return Problem(error)
  }
  let nothing: Problem? = nil
  return try #require(nothing, "nothing was thrown", sourceLocation: sourceLocation)
}
