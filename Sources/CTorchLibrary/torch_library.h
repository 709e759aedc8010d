// Flags for the engine come from norma-torch.pc; the C ABI itself is CTorch.
