// Name: One request becomes two
// Says: your group counts the request of somebody else twice
// Caught-by: Step3_Cancel.AFailureMeanwhileIsThrownAndTheRequestComesAgain

//: 15.3
inline void TaskGroup::keep_request() { owner_.cancel(); }
