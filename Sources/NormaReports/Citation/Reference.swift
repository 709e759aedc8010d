/// A work that the methods paragraph may cite, as in Documentation/bibliography.md.
struct Reference: Sendable {
  /// Where a work appeared.
  enum Source: Sendable {
    case journal(String, volume: String, pages: String)
    case proceedings(String)
  }

  /// The family names, or only the first one's with `andOthers`.
  let authors: [String]
  var andOthers = false
  let year: Int
  let title: String
  let source: Source
  var doi: String?
  var arXiv: String?

  /// The citation in a text, such as `Baur et al. 2018`.
  var citation: String {
    let names = andOthers || authors.count > 2 ? "\(authors[0]) et al." : authors.joined(separator: " and ")
    return "\(names) \(year)"
  }

  /// The address of the work; nil if it has neither DOI nor arXiv number.
  var url: String? { doi.map { "https://doi.org/\($0)" } ?? arXiv.map { "https://arxiv.org/abs/\($0)" } }

  /// The entry of a list of references.
  var text: String {
    let names = authors.joined(separator: ", ") + (andOthers ? " et al" : "")
    let place =
      switch source {
      case .journal(let name, let volume, let pages): "\(name) \(volume):\(pages) (\(year))"
      case .proceedings(let name): name.contains("\(year)") ? name : "\(name) (\(year))"
      }
    return "\(names). \(title). \(place)." + (url.map { " \($0)" } ?? "")
  }

  /// The BibTeX entry.
  var bibTeX: String {
    var fields = [
      ("author", (authors + (andOthers ? ["others"] : [])).joined(separator: " and ")),
      ("title", "{\(title)}"),
      ("year", "\(year)"),
    ]
    let kind: String
    switch source {
    case .journal(let name, let volume, let pages):
      kind = "article"
      fields += [("journal", name), ("volume", volume), ("pages", pages.replacing("-", with: "--"))]
    case .proceedings(let name):
      kind = "inproceedings"
      fields.append(("booktitle", name))
    }
    fields += [("doi", doi), ("eprint", arXiv)].compactMap { name, value in value.map { (name, $0) } }
    let lines = fields.map { "  \($0.0) = {\($0.1)}" }
    return "@\(kind){\(authors[0])\(year),\n\(lines.joined(separator: ",\n"))\n}\n"
  }
}

extension Reference {
  /// All works that a methods paragraph may cite, by author.
  static let all = [
    Reference(
      authors: ["Baur", "Wiestler", "Albarqouni", "Navab"], year: 2018,
      title: "Deep autoencoding models for unsupervised anomaly segmentation in brain MR images",
      source: .proceedings("BrainLes 2018, LNCS 11383:161-169"), doi: "10.1007/978-3-030-11723-8_16"),
    Reference(
      authors: ["Fedorov"], andOthers: true, year: 2017,
      title: "End-to-end learning of brain tissue segmentation from imperfect labeling",
      source: .proceedings("IJCNN 2017"), arXiv: "1612.00940"),
    Reference(
      authors: ["Fonov"], andOthers: true, year: 2011,
      title: "Unbiased average age-appropriate atlases for pediatric studies",
      source: .journal("NeuroImage", volume: "54", pages: "313-327"), doi: "10.1016/j.neuroimage.2010.07.033"),
    Reference(
      authors: ["Kascenas", "Pugeault", "O'Neil"], year: 2022,
      title: "Denoising autoencoders for unsupervised anomaly detection in brain MRI",
      source: .proceedings("MIDL 2022, PMLR 172:653-664")),
    Reference(
      authors: ["Mattes", "Haynor", "Vesselle", "Lewellen", "Eubank"], year: 2003,
      title: "PET-CT image registration in the chest using free-form deformations",
      source: .journal("IEEE Transactions on Medical Imaging", volume: "22", pages: "120-128"),
      doi: "10.1109/TMI.2003.809072"),
    Reference(
      authors: ["Roche", "Malandain", "Pennec", "Ayache"], year: 1998,
      title: "The correlation ratio as a new similarity measure for multimodal image registration",
      source: .proceedings("MICCAI 1998, LNCS 1496:1115-1124"), doi: "10.1007/BFb0056301"),
    Reference(
      authors: ["Ronneberger", "Fischer", "Brox"], year: 2015,
      title: "U-Net: convolutional networks for biomedical image segmentation",
      source: .proceedings("MICCAI 2015, LNCS 9351:234-241"), doi: "10.1007/978-3-319-24574-4_28"),
    Reference(
      authors: ["Schlegl", "Seeböck", "Waldstein", "Schmidt-Erfurth", "Langs"], year: 2017,
      title: "Unsupervised anomaly detection with generative adversarial networks to guide marker discovery",
      source: .proceedings("IPMI 2017, LNCS 10265:146-157"), doi: "10.1007/978-3-319-59050-9_12"),
    Reference(
      authors: ["Schlegl", "Seeböck", "Waldstein", "Langs", "Schmidt-Erfurth"], year: 2019,
      title: "f-AnoGAN: fast unsupervised anomaly detection with generative adversarial networks",
      source: .journal("Medical Image Analysis", volume: "54", pages: "30-44"),
      doi: "10.1016/j.media.2019.01.010"),
    Reference(
      authors: ["Sethian"], year: 1999, title: "Level Set Methods and Fast Marching Methods, second edition",
      source: .proceedings("Cambridge University Press")),
    Reference(
      authors: ["Tustison"], andOthers: true, year: 2010, title: "N4ITK: improved N3 bias correction",
      source: .journal("IEEE Transactions on Medical Imaging", volume: "29", pages: "1310-1320"),
      doi: "10.1109/TMI.2010.2046908"),
    Reference(
      authors: ["You", "Tezcan", "Chen", "Konukoglu"], year: 2019,
      title: "Unsupervised lesion detection via image restoration with a normative prior",
      source: .proceedings("MIDL 2019, PMLR 102:540-556")),
  ]
}
