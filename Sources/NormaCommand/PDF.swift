import ArgumentParser
import Foundation
import Norma

/// The option to print the report.
struct PDFOptions: ParsableArguments {
  @Flag(help: "Print the report to a PDF beside it too, with an installed Chromium or Chrome.")
  var pdf = false

  /// Returns the printer; nil without the option. Commands ask for it before they start work.
  ///
  /// - Throws: A ``Problem`` if no browser is installed.
  func printer() throws -> PDFPrinter? { pdf ? try PDFPrinter() : nil }
}

/// A headless browser that prints pages.
struct PDFPrinter {
  private let browser: URL

  private static let names = [
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
  ]
  private static let application = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

  init() throws {
    guard let browser = InstalledProgram.first(of: Self.names, orAt: [Self.application]) else {
      throw Problem(
        .missingLibrary, "no Chromium or Chrome was found to print the report", at: "--pdf",
        advice: "install chromium, or leave out --pdf and print report.html from any browser")
    }
    self.browser = browser
  }

  /// Prints a page beside it and returns the file.
  func print(_ page: URL) throws -> URL {
    let file = page.deletingPathExtension().appendingPathExtension("pdf")
    try AtomicFile.remove(file)
    let process = Process()
    process.executableURL = browser
    // Chromium refuses to run as root in its sandbox.
    process.arguments =
      ["--headless=new", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf=\(file.path)"]
      + (getuid() == 0 ? ["--no-sandbox"] : []) + [page.absoluteURL.absoluteString]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw Problem(
        .inputOutput, "\(browser.lastPathComponent) did not print the report", at: page.path,
        advice: "print the page from a browser")
    }
    return file
  }
}
