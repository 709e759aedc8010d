import ArgumentParser
import Foundation
import Norma

/// The first word of a command line that names no command or option, with the nearest that exists.
struct UnknownArgument {
  /// The message, with the line that refers to the help.
  let message: String

  /// A command as the argument parser describes it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }

      let kind: String
      let names: [Name]?
    }

    let commandName: String
    let aliases: [String]?
    let subcommands: [Command]?
    let arguments: [Argument]?

    func has(_ name: String) -> Bool { commandName == name || aliases?.contains(name) == true }

    /// The options as they are written: `--output`, `-o`.
    var options: [String] {
      ["--help", "-h"]
        + (arguments ?? []).flatMap { $0.names ?? [] }.map { ($0.kind == "long" ? "--" : "-") + $0.name }
    }

    var takesWords: Bool { (arguments ?? []).contains { $0.kind == "positional" } }
  }

  private struct Description: Decodable { let command: Command }

  /// Finds the word; nil if every one is known.
  init?(in arguments: [String], of root: any ParsableCommand.Type) {
    guard let description = try? JSONDecoder().decode(Description.self, from: Data(root._dumpHelp().utf8))
    else {
      return nil
    }
    var command = description.command, path = command.commandName
    var words = arguments[...]
    let asksForHelp = words.first == "help"
    if asksForHelp { words = words.dropFirst() }
    while let word = words.first, !word.hasPrefix("-"), let verbs = command.subcommands, !verbs.isEmpty {
      guard let next = verbs.first(where: { $0.has(word) }) else {
        let known = verbs.filter { $0.commandName != "help" }.map(\.commandName)
        self.init("command '\(word)'", path, word, known: known, isOption: false)
        return
      }
      (command, path) = (next, "\(path) \(next.commandName)")
      words = words.dropFirst()
    }
    guard !asksForHelp else { return nil }
    let options = command.options + (path == description.command.commandName ? ["--version"] : [])
    for word in words.prefix(while: { $0 != "--" }) {
      let name = String(word.prefix { $0 != "=" })
      let isOption = name.hasPrefix("--") || name.wholeMatch(of: /-[A-Za-z]/) != nil
      guard isOption, !options.contains(name) else { continue }
      self.init("option '\(name)'", path, name, known: options.filter { $0.hasPrefix("--") }, isOption: true)
      return
    }
    return nil
  }

  private init(_ what: String, _ command: String, _ word: String, known: [String], isOption: Bool) {
    let advice =
      if let near = nearestName(to: word, in: known) {
        "Did you mean '\(near)'?"
      } else {
        isOption ? "" : "Known: \(known.sorted().joined(separator: ", "))."
      }
    message = """
      Error: '\(command)' has no \(what). \(advice)
        See '\(command) --help' for more information.
      """
  }
}
