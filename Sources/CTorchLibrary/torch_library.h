// The flags for libtorch come from norma-torch.pc; the C ABI is CTorch.
