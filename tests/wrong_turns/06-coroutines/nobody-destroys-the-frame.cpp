// Name: A frame that nobody destroys
// Says: your generator leaves its frame behind: what the coroutine holds is kept for ever
// Caught-by: Use6e_Generator.KeepsItsParametersInTheFrame,
//   Use6e_Generator.AlsoDestroysAFrameThatHasEnded

struct Generator {
  ~Generator() override {}
};
