import Base
package import Foundation
package import Volumes

/// The maps of the ICBM152 2009a template in the folder that Scripts/bootstrap creates.
package struct TemplateFiles {
  package enum Map: String {
    /// T1-weighted intensities of the brain.
    case t1
    /// Tissue probabilities, coded as 0...255.
    case greyMatter = "gm"
    case whiteMatter = "wm"
  }

  package let folder: URL

  /// Creates the paths in a folder, which need not exist.
  package init(folder: URL) { self.folder = folder }

  package func url(_ map: Map) -> URL {
    folder.appendingPathComponent("mni_icbm152_\(map.rawValue)_tal_nlin_sym_09a_converted.nii.gz")
  }

  /// Reads a map.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if its file is missing, or `VolumeError`.
  package func read(_ map: Map) throws -> Volume {
    let url = url(map)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw Problem(
        .missingInput, "a map of the template is missing", at: url.path,
        advice: "run Scripts/bootstrap, which fetches it")
    }
    return try NIfTI.read(url)
  }
}
