// Name: A reader that is left behind
// Says: you close the descriptor and leave its reader registered, under a number that will be used
//   again
// Caught-by: Use4c_Shouter.LeavesNothingBehind

//: use-4c
void Shouter::hang_up() noexcept {
  if (!is_open()) return;
  if (end_of_patience_) end_of_patience_->cancel();
  connection_.reset();
}
