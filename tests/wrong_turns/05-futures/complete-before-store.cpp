// Name: Done before the value is there
// Says: your set_result completes first and stores afterwards, so a value that throws on its way
//   leaves a future that is done, and has no result
// Caught-by: Step1_Outcome.AValueThatThrowsOnItsWayChangesNothing

//: 5.1
template <class T, class Base>
template <class... Args>
void WithResult<T, Base>::set_result(Args&&... args) {
  this->check_pending("set_result");
  this->complete(Base::Status::finished);
  result_.emplace(std::forward<Args>(args)...);
}
