// Name: A body that was cut is a body
// Says: your end_of_input() does not ask whether the body may end here
// Caught-by: Step1_Body.ThatIsCutIsAnError

//: 13.1
inline void Connection::end_of_input() {
  keep_alive_ = false;
  work_->parser.finish();
  reading_ = false;
}
