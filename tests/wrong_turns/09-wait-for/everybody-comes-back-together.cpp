// Name: Pauses without chance
// Says: your retry pauses equally long for everybody, so all clients of a server that fell over
//   come back at once
// Caught-by: Use9b_Retry.PausesDiffer

//: use-9b
std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds pause, std::mt19937& random) {
  (void)random;
  return pause;
}
