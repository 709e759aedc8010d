import Foundation
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma

extension Anatomy {
  /// Writes the maps of a template whose anatomy is the phantom into a new folder below `folder`, and returns it.
  static func writeTemplate(below folder: URL) throws -> URL {
    let template = folder.appendingPathComponent("template")
    try AtomicFile.makeFolder(template)
    let files = TemplateFiles(folder: template), phantom = phantom
    let t1 = zip(phantom.grey, phantom.white).map { grey, white in 0.7 * Float(grey) + Float(white) }
    let maps: [(TemplateFiles.Map, [Float])] = [
      (.t1, zip(t1, phantom.brain).map { $0 + 40 * Float($1) }),
      (.greyMatter, phantom.grey.map(Float.init)), (.whiteMatter, phantom.white.map(Float.init)),
    ]
    for (map, voxels) in maps { try NIfTI.write(Volume(geometry: grid, voxels: voxels), to: files.url(map)) }
    return template
  }
}
