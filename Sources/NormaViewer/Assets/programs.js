/** Quotes a word for a shell. */
const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Returns the commands that open a case in other programs; `mask` is the corrected mask if there is one. */
export function commands({ image, map }, mask, [low, high]) {
  if (!image || !map || !mask) return [];
  const [scan, scores, regions] = [image, map, mask].map(quoted);
  const slicer = [
    `slicer.util.loadVolume(${JSON.stringify(image)})`, `slicer.util.loadVolume(${JSON.stringify(map)})`,
    `slicer.util.loadSegmentation(${JSON.stringify(mask)})`,
  ].join("; ");
  return [
    { name: "ITK-SNAP", text: `itksnap -g ${scan} -o ${scores} -s ${regions}` },
    {
      name: "FSLeyes",
      text: `fsleyes ${scan} ${scores} --cmap hot --displayRange ${low.toPrecision(3)} ${high.toPrecision(3)} `
        + `${regions} --overlayType label --outline`,
    },
    { name: "3D Slicer", text: `Slicer --python-code ${quoted(slicer)}` },
  ];
}
