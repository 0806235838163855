import { createApp } from "vue";
import init from "relight";
import App from "./App.vue";

await init();
createApp(App).mount("#root");
