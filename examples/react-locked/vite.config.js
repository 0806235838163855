import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Relative, so that the page works from any sub-path.
export default defineConfig({ base: "./", plugins: [react()], build: { target: "es2022" } });
