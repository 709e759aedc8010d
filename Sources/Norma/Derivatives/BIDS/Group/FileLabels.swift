extension [String] {
  /// A label of ASCII letters and digits for each text, fit for the names of files; no two are alike,
  /// whatever their case.
  package var fileLabels: [String] {
    var known = Set<String>()
    return map { text in
      let letters = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
      let stem = letters.isEmpty ? "x" : letters
      let label = known.contains(stem.lowercased()) ? free(stem, known) : stem
      known.insert(label.lowercased())
      return label
    }
  }

  private func free(_ stem: String, _ known: Set<String>) -> String {
    var number = 2
    while known.contains("\(stem)\(number)".lowercased()) { number += 1 }
    return "\(stem)\(number)"
  }
}
