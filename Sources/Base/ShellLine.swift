extension [String] {
  /// The words as a shell reads them back: those with a space or a special character in quotes.
  package var shellLine: String {
    map { word in
      guard word.isEmpty || word.contains(/[^\p{L}\p{N}_.,:=+@%\/-]/) else { return word }
      return "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }
}
