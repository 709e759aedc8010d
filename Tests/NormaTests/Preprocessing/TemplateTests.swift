import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
import Preprocessing
import Norma

@Suite struct TemplateTests {
  @Test func theBrainIsReadAndHolesAreFilled() throws {
    try withTemporaryFolder { folder in
      var brain = Volume(geometry: Geometry(shape: [7, 7, 7], affine: .identity), repeating: 0)
      for z in 1...5 {
        for y in 1...5 {
          for x in 1...5 { brain[x, y, z] = (x, y, z) == (3, 3, 3) ? 0 : 80 }
        }
      }
      let file = TemplateFiles(folder: folder).url(.t1)
      try NIfTI.write(brain, to: file)
      let template = try Template(folder: folder)
      #expect(template.brain.voxels == brain.voxels && template.mask.count == 125)
      #expect(try template.digest == Digest.of(file: file))
    }
  }

  @Test func aMissingTemplatePointsToTheBootstrap() throws {
    let nowhere = URL(fileURLWithPath: "/nowhere/template")
    for refused in [
      try problem { try Template(folder: nowhere) },
      try problem { try Simulator(template: nowhere, options: SimulationOptions()) },
    ] {
      #expect(refused.kind == .missingInput && refused.location.hasPrefix("/nowhere/template/"))
      #expect(
        refused.what == "a map of the template is missing" && refused.advice.contains("Scripts/bootstrap"))
    }
  }

  @Test func aTemplateWithoutBrainIsRefused() throws {
    let empty = Volume(geometry: Geometry(shape: [4, 4, 4], affine: .identity), repeating: 0)
    let refused = try problem { try TemplateRegistration(template: Template(brain: empty, digest: "")) }
    #expect(refused.what == "the template contains no brain")
  }
}
